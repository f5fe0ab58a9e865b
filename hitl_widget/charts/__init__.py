"""Floor 3: values to Altair charts, shared by the dashboard and `session.charts`."""
