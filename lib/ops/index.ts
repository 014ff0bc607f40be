// Loads every op and installs the methods of Tensor.

import './methods'
