/**
 * Sealing, suite 1: turns the messages of one batch into an envelope that only its recipients can
 * open.
 *
 * <p>Every format is exact to the byte in {@code docs/develop/wire-format.md}: parsers are strict
 * (parsed input encodes to the same bytes), check declared lengths before they allocate, and return
 * a value for malformed input. A transit uses {@link EnvelopeHeader}, {@link Envelope} and {@link
 * Stanza}, none of which needs a key.
 */
@NullMarked
package org.entente.gateway.seal;

import org.jspecify.annotations.NullMarked;
