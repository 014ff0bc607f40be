// Loads every op and installs the methods of Tensor.

import './methods'

// For the bundler, which takes files without exports for CommonJS.
export {}
