/** What people do with keys. */
@NullMarked
package org.entente.gateway.ceremony;

import org.jspecify.annotations.NullMarked;
