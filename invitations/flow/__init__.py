"""The flow that generates an invitation: drafts, presets, steps, and what they come to."""
