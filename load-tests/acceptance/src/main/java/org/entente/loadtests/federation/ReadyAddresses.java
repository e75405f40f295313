package org.entente.loadtests.federation;

/**
 * Addresses on which a gateway listens, printed when it is ready.
 *
 * @param peers empty if it only dials out
 */
public record ReadyAddresses(String agency, String clients, String peers, String admin) {}
