// Before the first paint: the theme somebody chose, where it is not the system's.
try {
  var theme = localStorage.getItem('mobius.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is off: the system's theme it is.
}
