# The Homebrew formula; release/build writes the version and the digests for @NAME@.
class ImpalaLbcheck < Formula
  desc "Check the load balancer in front of Apache Impala's coordinators"
  homepage "https://github.com/impala-lbcheck/impala-lbcheck"
  version "@VERSION@"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "https://github.com/impala-lbcheck/impala-lbcheck/releases/download/v@VERSION@/impala-lbcheck_@VERSION@_darwin_arm64.tar.gz"
      sha256 "@darwin_arm64@"
    end
    on_intel do
      url "https://github.com/impala-lbcheck/impala-lbcheck/releases/download/v@VERSION@/impala-lbcheck_@VERSION@_darwin_amd64.tar.gz"
      sha256 "@darwin_amd64@"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/impala-lbcheck/impala-lbcheck/releases/download/v@VERSION@/impala-lbcheck_@VERSION@_linux_arm64.tar.gz"
      sha256 "@linux_arm64@"
    end
    on_intel do
      url "https://github.com/impala-lbcheck/impala-lbcheck/releases/download/v@VERSION@/impala-lbcheck_@VERSION@_linux_amd64.tar.gz"
      sha256 "@linux_amd64@"
    end
  end

  def install
    bin.install "impala-lbcheck"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/impala-lbcheck.bash" => "impala-lbcheck"
    fish_completion.install "completions/impala-lbcheck.fish"
    zsh_completion.install "completions/_impala-lbcheck"
  end

  test do
    system bin/"impala-lbcheck", "demo"
  end
end
