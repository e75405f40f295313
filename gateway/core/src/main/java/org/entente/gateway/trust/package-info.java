/**
 * Membership of the federation: the signed trust bundle, the roots that sign it, and the store of
 * the bundle in force.
 */
@NullMarked
package org.entente.gateway.trust;

import org.jspecify.annotations.NullMarked;
