package org.entente.gateway.bridge.format;

/** What reading one CAP document comes to. */
public sealed interface CapReadResult permits CapAlert, BadRecord {}
