/**
 * Signed notes (C2SP signed-note), the text form of trust bundles and log checkpoints, and the four
 * kinds of signature that Entente puts on them.
 */
@org.jspecify.annotations.NullMarked
package org.entente.gateway.note;
