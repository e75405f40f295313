/**
 * Reads the files that a node's configuration names, and reads policy and trust again when they
 * change.
 */
@NullMarked
package org.entente.gateway.node.files;

import org.jspecify.annotations.NullMarked;
