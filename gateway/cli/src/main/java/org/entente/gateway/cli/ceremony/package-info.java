/** Commands for founding a federation and changing its members. */
@NullMarked
package org.entente.gateway.cli.ceremony;

import org.jspecify.annotations.NullMarked;
