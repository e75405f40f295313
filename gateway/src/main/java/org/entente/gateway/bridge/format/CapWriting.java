package org.entente.gateway.bridge.format;

/** What writing an alert as CAP comes to. */
public sealed interface CapWriting permits CapXml, BadRecord {}
