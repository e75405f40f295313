/**
 * Founding of a federation and joining of agencies: people make keys in files, offline, without a
 * running node.
 */
@NullMarked
package org.entente.gateway.ceremony;

import org.jspecify.annotations.NullMarked;
