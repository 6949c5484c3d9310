"""What is said: WAV clips, made so cheaply that making them disturbs no measurement."""
