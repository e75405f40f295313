/**
 * How a federation is founded and how an agency joins: keys made and kept in files, offline, by
 * people; no running node.
 */
@NullMarked
package org.entente.gateway.ceremony;

import org.jspecify.annotations.NullMarked;
