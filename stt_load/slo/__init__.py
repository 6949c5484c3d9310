"""The language of SLOs: from a text to a frozen record, or to what is wrong with it. Nothing is judged here."""
