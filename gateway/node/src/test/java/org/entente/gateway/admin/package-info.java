@NullMarked
package org.entente.gateway.admin;

import org.jspecify.annotations.NullMarked;
