package org.entente.gateway.bridge.format;

/** A version of the OASIS Common Alerting Protocol. */
public enum CapVersion {
  /** CAP-V1.1, OASIS, October 2005; read only. */
  V1_1("urn:oasis:names:tc:emergency:cap:1.1"),
  /** CAP-V1.2, OASIS, July 2010. */
  V1_2("urn:oasis:names:tc:emergency:cap:1.2");

  private final String namespace;

  CapVersion(String namespace) {
    this.namespace = namespace;
  }

  /** The XML namespace of its documents. */
  public String namespace() {
    return namespace;
  }
}
