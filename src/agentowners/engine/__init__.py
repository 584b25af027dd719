"""What follows: policy and change become a verdict."""
