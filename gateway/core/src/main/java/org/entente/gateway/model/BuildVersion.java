package org.entente.gateway.model;

/** The version of this build. */
public final class BuildVersion {
  /** The version, as the build files have it. */
  public static final String CURRENT = "0.1.0-SNAPSHOT";

  private BuildVersion() {}
}
