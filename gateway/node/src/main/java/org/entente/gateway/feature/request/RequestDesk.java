package org.entente.gateway.feature.request;

/**
 * The services for clients' calls about requests.
 *
 * @param list requests with their deadlines
 * @param responders this agency's responders
 * @param discovery other agencies' responders
 */
public record RequestDesk(RequestList list, ResponderRegistry responders, Discovery discovery) {}
