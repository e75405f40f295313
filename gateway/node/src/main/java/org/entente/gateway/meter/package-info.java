/** The gateway's metrics, and the only package that uses the Prometheus client. */
@NullMarked
package org.entente.gateway.meter;

import org.jspecify.annotations.NullMarked;
