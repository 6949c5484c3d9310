"""When requests are sent, how many, and in which phase: pure logic, told of time and results by its caller."""
