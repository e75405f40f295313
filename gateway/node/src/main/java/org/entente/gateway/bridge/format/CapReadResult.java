package org.entente.gateway.bridge.format;

/** The result of reading one CAP document. */
public sealed interface CapReadResult permits CapAlert, BadRecord {}
