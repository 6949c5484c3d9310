"""Runs held against each other: is what differs more than noise?"""
