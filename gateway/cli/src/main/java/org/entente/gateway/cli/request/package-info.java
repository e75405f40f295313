/** Commands for requests and responders. */
@NullMarked
package org.entente.gateway.cli.request;

import org.jspecify.annotations.NullMarked;
