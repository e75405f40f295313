/**
 * Traces of single messages across agencies: spans of this gateway's stages, sent to the operator's
 * collector by OTLP.
 *
 * <p>{@link org.entente.gateway.feature.trace.TraceFeature} wires it. {@code
 * docs/operate/tracing.md} has the spans.
 */
@NullMarked
package org.entente.gateway.feature.trace;

import org.jspecify.annotations.NullMarked;
