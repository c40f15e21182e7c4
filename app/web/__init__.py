"""The page machinery under every screen: templates, headers, forgery tokens, toasts, keys, errors, static files."""
