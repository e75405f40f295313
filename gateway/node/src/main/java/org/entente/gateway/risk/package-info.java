/**
 * Risk scores of received messages: what an agency's own systems say of them, kept with its
 * provenance and as long as the message, and shown to those who may search. Never part of reception
 * or delivery, and never for another agency.
 */
@NullMarked
package org.entente.gateway.risk;

import org.jspecify.annotations.NullMarked;
