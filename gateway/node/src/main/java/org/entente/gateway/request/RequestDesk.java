package org.entente.gateway.request;

/**
 * What clients may ask about requests.
 *
 * @param list requests with their clocks
 * @param responders the systems of this agency that answer
 * @param discovery those of others
 */
public record RequestDesk(RequestList list, ResponderRegistry responders, Discovery discovery) {}
