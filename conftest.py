"""What every test gets: time in Vietnam, the cast, a client that runs consumers and jobs."""
