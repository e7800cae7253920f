"""What only the staff of the course has: building, releasing, grading."""
