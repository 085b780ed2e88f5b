# Installs CernVM WebAPI for you alone, on Windows:   irm @URL@/install.ps1 | iex
# What is downloaded is checked against the checksum below before anything of it is run.
& {
    $ErrorActionPreference = 'Stop'
    $url = '@URL@'
    $version = '@VERSION@'
    # Lines of: SHA-256, two spaces, file.
    $checksums = @'
@CHECKSUMS@
'@
    [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
    $processor = if ($env:PROCESSOR_ARCHITECTURE -eq 'ARM64') { 'arm64' } else { 'amd64' }
    $python = ''
    foreach ($minor in 14, 13, 12, 11, 10, 9) {
        $file = "cernvm-webapi-$version-windows-$processor-py3.$minor.pyz"
        $line = $checksums -split "`r?`n" | Where-Object { $_.EndsWith("  $file") }
        $found = if ($line) { & py "-3.$minor" -c 'import sys; print(sys.executable)' 2>$null }
        if ($found) { $python = $found; break }
    }
    if (-not $python) { throw "CernVM WebAPI was not installed: there is no version for this computer and its Python. Install Python from https://www.python.org, then try again." }

    $folder = Join-Path $env:LOCALAPPDATA 'cernvm-webapi-app'
    New-Item -ItemType Directory -Force $folder | Out-Null
    $new = Join-Path $folder ".new-$PID"
    try {
        Write-Host "Downloading $file"
        Invoke-WebRequest -UseBasicParsing "$url/$file" -OutFile $new
        $sum = (Get-FileHash -Algorithm SHA256 $new).Hash
        if ($sum -ne $line.Split(' ')[0]) {
            throw "CernVM WebAPI was not installed: $file did not arrive as its publisher made it (its checksum is wrong). Nothing of it was run."
        }
        Move-Item -Force $new (Join-Path $folder 'cernvm-webapi.pyz')
    } finally {
        Remove-Item -Force -ErrorAction SilentlyContinue $new
    }
    # Browsers start programs and batch files, no archives.
    $launcher = Join-Path $folder 'cernvm-webapi.bat'
    $text = "@echo off`r`nchcp 65001 >nul`r`n`"$python`" `"%~dp0cernvm-webapi.pyz`" %*`r`n"
    [IO.File]::WriteAllText($launcher, $text, (New-Object Text.UTF8Encoding $false))
    & $launcher install --launcher $launcher
    if ($LASTEXITCODE) { throw 'CernVM WebAPI could not be registered with the browsers, see above. Remove the cause, then run: cernvm-webapi install' }
    Write-Host "CernVM WebAPI $version is installed. Its command is $launcher."
}
