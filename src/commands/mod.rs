//! What the program does besides the check.
