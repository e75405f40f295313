@NullMarked
package org.entente.gateway.account;

import org.jspecify.annotations.NullMarked;
