package org.entente.loadtests.federation;

/**
 * What a gateway printed when it was ready: the addresses it listens on.
 *
 * @param peers empty where it only dials out
 */
public record ReadyAddresses(String agency, String clients, String peers, String admin) {}
