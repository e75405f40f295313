package org.entente.loadtests.measure;

/** Something measured did not do what it must, so that there is no figure. */
public final class MeasurementFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With words for whoever runs the benchmark. */
  public MeasurementFailed(String message) {
    super(message);
  }

  /** The same with its cause. */
  public MeasurementFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
