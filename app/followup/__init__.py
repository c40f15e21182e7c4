"""The follow-up itself: facts, the ranked worklist, leases, touches and ticklers, and the queues on screen."""
