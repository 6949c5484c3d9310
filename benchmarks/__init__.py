"""What the load generator costs and how true it is, beside what people write instead."""
