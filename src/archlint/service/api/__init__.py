"""What the service serves: its apps and routes, what they take and answer, and how the API is documented."""
