"""What a lesson shows: charts of what was measured, the project's drawings, and the one style of both."""
