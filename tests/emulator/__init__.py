"""AWS in the box, asked over HTTP as a user's program asks it."""
