/** Checks of a node before a start and while it runs, each with what its operator does. */
@NullMarked
package org.entente.gateway.node.doctor;

import org.jspecify.annotations.NullMarked;
