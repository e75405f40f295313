package org.entente.loadtests.measure;

/** Something measured did not do what it must, so that there is no figure. */
public final class MeasurementFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With words for whoever runs the benchmark. */
  public MeasurementFailure(String message) {
    super(message);
  }

  /** The same with its cause. */
  public MeasurementFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
