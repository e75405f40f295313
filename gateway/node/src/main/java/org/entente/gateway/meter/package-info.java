/** What the gateway measures of itself, and the only home of the Prometheus client. */
@NullMarked
package org.entente.gateway.meter;

import org.jspecify.annotations.NullMarked;
