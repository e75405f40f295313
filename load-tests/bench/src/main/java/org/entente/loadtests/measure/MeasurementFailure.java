package org.entente.loadtests.measure;

/** Failure of a measurement, so that there is no figure. */
public final class MeasurementFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A failure with a message for the person who runs the benchmark. */
  public MeasurementFailure(String message) {
    super(message);
  }

  /** The same with its cause. */
  public MeasurementFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
