/**
 * Sealing, suite 1: messages of one batch become an envelope that only its recipients open, and the
 * formats that this takes.
 *
 * <p>Every format is exact to the byte in {@code docs/develop/wire-format.md}: parsers are strict
 * (what parses encodes to the same bytes), check declared lengths before they allocate, and answer
 * malformed input with a value. A transit uses {@link EnvelopeHeader}, {@link Envelope} and {@link
 * Stanza}, none of which needs a key.
 */
@NullMarked
package org.entente.gateway.seal;

import org.jspecify.annotations.NullMarked;
