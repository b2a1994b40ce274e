"""The full screen: widgets, screens, and the app that wires them. Messages go up, bound state comes down."""
