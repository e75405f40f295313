/**
 * Risk scores of received messages: assessments by an agency's own systems, stored with their
 * provenance for as long as the message, and shown to clients that may search. They play no part in
 * reception or delivery, and no other agency receives them.
 */
@NullMarked
package org.entente.gateway.feature.risk;

import org.jspecify.annotations.NullMarked;
