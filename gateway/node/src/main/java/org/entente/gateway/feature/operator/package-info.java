/**
 * An operator's actions on a running gateway: quarantined messages, cursors, links and their lanes.
 * Every change names a person and a reason, and is in the audit log in the same commit.
 */
@org.jspecify.annotations.NullMarked
package org.entente.gateway.feature.operator;
