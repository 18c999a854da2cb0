"""The work of a job, from a request, with events on the way. No project, no window."""
