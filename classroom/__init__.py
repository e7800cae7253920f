"""What a student installs: checks, claims, figures and data of the course."""
